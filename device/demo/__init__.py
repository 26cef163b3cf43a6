"""The demo: the whole appliance on a simulated board, around a simulated wearer."""
