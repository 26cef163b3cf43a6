"""Every face of the kernel: clocks, real time, systemd, signals, files, battery, boot configuration."""
