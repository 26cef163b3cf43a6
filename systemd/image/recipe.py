"""What is on the card: Debian's packages, what of them is left out, and our few files."""

from pathlib import Path
from typing import Final

FILES: Final = Path(__file__).parent / "files"
SUITE: Final = "trixie"
PYTHON: Final = "3.13"  # the suite's
COMPONENTS: Final = "main,non-free-firmware"  # the Pi's own firmware is in the second
PACKAGES: Final = (
    "systemd-sysv", "udev", "kmod", "dbus", "adduser", "procps", "fdisk", "zstd", "initramfs-tools",
    "linux-image-arm64", "raspi-firmware",
    "python3", "python3-numpy", "python3-spidev", "python3-gpiozero", "python3-luma.oled",
    "python3-serial", "python3-smbus2", "python3-cbor2", "python3-cryptography", "python3-pil",
)  # fmt: skip
MODULES: Final = "/usr/lib/modules/*/kernel"
# Without their drivers there are no radios; the rest is what nobody plugs into a wearable.
LEFT_OUT: Final = (
    "/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*",
    f"{MODULES}/net/wireless/*", f"{MODULES}/net/mac80211/*", f"{MODULES}/net/bluetooth/*", f"{MODULES}/net/nfc/*",
    f"{MODULES}/drivers/net/wireless/*", f"{MODULES}/drivers/bluetooth/*", f"{MODULES}/drivers/nfc/*",
    f"{MODULES}/drivers/gpu/*", f"{MODULES}/drivers/media/*", f"{MODULES}/drivers/infiniband/*", f"{MODULES}/sound/*",
    f"{MODULES}/drivers/net/ethernet/*", f"{MODULES}/drivers/scsi/*", f"{MODULES}/drivers/iio/*",
)  # fmt: skip
GROUPS: Final = ("spi", "i2c", "gpio")  # Raspberry Pi OS has them, Debian has not
# Nobody can log in: there is no password. What comes and goes by itself on a computer has no place here.
MASKED: Final = (
    "getty@tty1.service", "serial-getty@.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
    "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "systemd-networkd-wait-online.service",
    "systemd-rfkill.service", "systemd-rfkill.socket",
)  # fmt: skip
BOARDS: Final = (
    "bcm2837-rpi-zero-2-w",
    "bcm2837-rpi-3-a-plus",
    "bcm2837-rpi-3-b",
    "bcm2837-rpi-3-b-plus",
    "bcm2711-rpi-4-b",
)
FIRMWARE: Final = ("bootcode.bin", "start_cd.elf", "fixup_cd.dat", "start4cd.elf", "fixup4cd.dat")

# MiB. The data partition only has to hold a file system; it grows to the end of the card at the first start.
BOOT_MIB: Final = 160
ROOT_SPARE_MIB: Final = 96
DATA_MIB: Final = 64
ALIGNED_MIB: Final = 4
