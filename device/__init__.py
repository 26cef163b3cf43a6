"""The appliance: composes drivers and dsp; the only place with clocks, files, processes and screens."""
