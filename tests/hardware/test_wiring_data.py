import pytest

from device.config import parse_config
from drivers.wiring import Wiring
from hardware.tables import documents, electrode_gain, fault_current_ua, settings, share_left
from hardware.wiring import FOLDER, HEADER, SOURCE, Build, WiringError, read_wiring

DATA = read_wiring()
DOCUMENTS = documents(DATA)
BUILDS = pytest.mark.parametrize("build", DATA.builds.values(), ids=lambda build: build.name)


def edited(old: str, new: str) -> str:
    text = SOURCE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    return text.replace(old, new)


@BUILDS
def test_every_line_is_wired_to_the_pin_it_is_configured_for(build: Build) -> None:
    configured = parse_config(settings(build), build.name).wiring.pins()
    wired = build.lines()
    assert wired == {name: gpio for name, gpio in configured.items() if name not in build.unwired}
    assert set(build.unwired) <= set(configured)


@BUILDS
def test_the_sensor_that_a_build_is_configured_for_has_its_bus_wired_and_touches_the_wearer(build: Build) -> None:
    bus = {
        name
        for name in parse_config(settings(build), build.name).wiring.pins()
        if name.startswith(build.sensor.link.bus)
    }
    assert bus
    assert bus <= set(build.lines())
    assert any(part.wearer for part in build.parts)


def test_a_build_around_a_sensor_that_nobody_drives_is_refused() -> None:
    with pytest.raises(WiringError, match="build 'finger': no sensor is called 'max30100'"):
        read_wiring(edited('front_end = "max30102"', 'front_end = "max30100"'))


def test_the_build_with_a_power_bank_is_the_default_configuration() -> None:
    assert not DATA.builds["power-bank"].config
    assert DATA.builds["power-bank"].lines() == Wiring().pins()


def test_a_line_on_another_pin_than_configured_shows() -> None:
    moved = read_wiring(edited('pins = ["pi.29", "button.1"', 'pins = ["pi.7", "button.1"'))
    assert moved.builds["power-bank"].lines() != Wiring().pins()


def test_a_pin_in_two_nets_is_refused() -> None:
    with pytest.raises(WiringError, match=r"pin pi\.32 is in the nets 'button' and 'LED'"):
        read_wiring(edited('pins = ["pi.29", "button.1"', 'pins = ["pi.32", "button.1"'))


@pytest.mark.parametrize("wrong", ["button.5", "knob.1", "pi.41", "pi"])
def test_a_pin_that_does_not_exist_is_refused(wrong: str) -> None:
    with pytest.raises(WiringError, match=f"net 'button': there is no pin '{wrong}'"):
        read_wiring(edited('pins = ["pi.29", "button.1"', f'pins = ["pi.29", "{wrong}"'))


@BUILDS
def test_power_goes_to_power_and_ground_to_ground(build: Build) -> None:
    header = DATA.parts[HEADER]
    for net in build.nets:
        names = [header.pins[pin] for part, pin in net.pins if part == HEADER]
        if "ground" in net.name:
            assert set(names) <= {"GND"}, net.name
        elif net.name.startswith(("5V", "3V3")):
            assert names == [net.name[:2]] or names == [net.name[:3]], net.name
        else:
            assert all(name.startswith("GPIO") for name in names), net.name


@BUILDS
def test_every_part_of_a_build_is_wired(build: Build) -> None:
    wired = {part for net in build.nets for part, _ in net.pins}
    assert wired == {part.name for part in build.parts}


def test_no_5_v_reaches_a_part_that_touches_the_wearer() -> None:
    for net in DATA.nets:
        volts = {DATA.parts[part].pins[pin] for part, pin in net.pins if part == HEADER}
        if volts & {"5V"}:
            assert not any(DATA.parts[part].wearer for part, _ in net.pins), net.name


def test_the_chosen_resistors_keep_a_single_fault_below_the_goal_on_every_rail() -> None:
    fault = DATA.fault
    for volts in fault["rails_v"].values():
        assert fault_current_ua(volts, fault["chosen_kohm"], fault["tolerance_pct"]) <= fault["goal_ua"]
    in_leads = [part for part in DATA.parts if part in ("r_ra", "r_la", "r_rl")]
    assert len(in_leads) == 3
    assert all(DATA.parts[part].buy.startswith(f"{fault['chosen_kohm']} kOhm, 1 %") for part in in_leads)


@pytest.mark.parametrize(
    ("kohm", "volts", "ua"), [(510, 5.0, 9.9), (510, 5.25, 10.4), (560, 5.25, 9.5), (560, 230.0, 414.9)]
)
def test_the_safety_page_says_what_ohm_says(kohm: int, volts: float, ua: float) -> None:
    assert fault_current_ua(volts, kohm, DATA.fault["tolerance_pct"]) == pytest.approx(ua, abs=0.05)
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{ua:.0f} uA" in page if ua > 100.0 else f"{ua} uA" in page
    in_parallel_ma = DATA.fault["leads"] * fault_current_ua(230.0, DATA.fault["chosen_kohm"], 1.0) / 1000.0
    assert f"{in_parallel_ma:.2f} mA through three" in page


def test_the_gain_is_what_the_leads_leave_of_the_boards() -> None:
    """10 MOhm pull-ups behind 560 kOhm: 5.3 % of the signal is lost, and was."""
    assert Wiring().ecg_gain == round(electrode_gain(DATA))
    assert share_left(DATA.fault["chosen_kohm"], DATA.divider["pull_up_mohm"]) == pytest.approx(0.947, abs=0.001)
    assert share_left(DATA.fault["chosen_kohm"], DATA.divider["bias_mohm"]) == pytest.approx(0.994, abs=0.001)


@BUILDS
def test_every_electrode_hangs_behind_a_resistor(build: Build) -> None:
    electrodes = {"electrodes", "two_electrodes"}
    for net in build.nets:
        parts = {part for part, _ in net.pins}
        if parts & electrodes:
            assert len(parts) == 2
            assert next(iter(parts - electrodes)).startswith("r_")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_made_documents_are_those_of_the_data(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == DOCUMENTS[name], "run make hardware"


def test_no_drawing_is_left_over() -> None:
    drawn = {
        str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.svg") if path.parent.name not in ("case", "schematic")
    }
    assert drawn == {name for name in DOCUMENTS if name.endswith(".svg")}
