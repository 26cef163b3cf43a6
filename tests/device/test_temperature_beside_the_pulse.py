"""A side signal all the way: from the chip's registers through the sampler's process into the EDF+ file."""

from pathlib import Path

import edfio
import numpy as np

from device.demo.simulation import Scene, Simulation
from device.demo.world import World
from device.recording.format.names import EDF
from device.recording.format.session_info import SessionInfo
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.sampling.blocks import Assembler, signal_of_front_end
from device.sampling.session_clock import Timeline
from device.sampling.sources import SamplerProcess
from device.session.events import EndReason
from device.system.clocks import MachineClock
from drivers.sim.chips.max86141 import warming_c


def test_the_dies_temperature_comes_out_of_the_samplers_process_into_the_file(tmp_path: Path) -> None:
    clock = MachineClock.from_now()
    world = World(1, "max86141", lambda: clock.monotonic_ns() / 1e9)
    info = world.front_end_info()
    source = SamplerProcess(world.open_front_end, clock, realtime=False)
    assembler = Assembler(info, Timeline(clock.monotonic_ns(), info.fs_hz))
    recorder = SessionRecorder(Store(tmp_path), SessionInfo(signal_of_front_end(info), "0", "1"), live=False)
    told = 0
    while told < 3:
        for message in source.wait(5.0):
            blocks, side = assembler.blocks(message), assembler.side_blocks(message)
            told += len(side)
            for beside in side:
                recorder.side(beside)
            for block in blocks:
                recorder.block(block)
    source.close()
    world.board.close()
    temperature = edfio.read_edf(recorder.close(EndReason.PRESSED) / EDF).signals[1]
    known = temperature.data[temperature.digital != -32768]
    assert len(known) >= 3
    assert np.all((known >= warming_c(0.0) - 0.1) & (known < warming_c(60.0)))
    assert np.all(np.diff(known) > -0.01)


def test_a_session_has_a_temperature_in_every_second(tmp_path: Path) -> None:
    simulation = Simulation(Scene(sensor="max86141", guided_s=30.0), tmp_path)
    while not simulation.done:
        simulation.step()
    simulation.close()
    edf = edfio.read_edf(simulation.log.folders[-1] / EDF)
    heart, temperature = edf.signals[:2]
    assert (heart.label, heart.sampling_frequency) == ("PPG", 128.0)
    assert (temperature.label, temperature.physical_dimension, temperature.sampling_frequency) == (
        "Temp die",
        "degC",
        1,
    )
    assert temperature.transducer_type == "max86141"
    known = temperature.digital[:-2] != -32768  # the last seconds' may not have been ready before the end
    assert known.all()
    seconds = np.arange(len(temperature.data) - 2)
    begun_s = -120.0 * np.log((33.0 - temperature.data[0]) / 9.0)
    expected = [warming_c(begun_s + second) for second in seconds]
    np.testing.assert_allclose(temperature.data[:-2], expected, atol=0.15)
