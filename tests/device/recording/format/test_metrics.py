"""One row a metric: what follows from the table, for every row that it has or will have."""

import math
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.recording.edf.layout import DIGITAL_MAX
from device.recording.edf.reader import EdfFile
from device.recording.format.metrics import METRICS, NUMBERS, STATE_CODES, STATE_WORDS, contact_of_code, row_of
from device.recording.format.names import EDF
from device.recording.recorder import SessionRecorder
from device.recording.session_header import session_header
from device.recording.session_reader import read_session
from device.recording.store import Store
from device.replay.tables import METRICS_COLUMNS, metrics_cells
from device.session.events import EndReason
from dsp.types import Contact, MetricsRow, Output, SampleBlock, StateKind, WearerState
from host.export.columns import TABLES
from tests.recording_helpers import session_info

CONTACTS = [Contact(bits) for bits in range(16)]
STATES = [None, *(WearerState(kind, math.nan, math.nan, 0.25, settling) for kind, settling in STATE_CODES)]


@st.composite
def metrics_rows(draw: st.DrawFn, t_s: float = 1.0) -> MetricsRow:
    """Rows of values that their signals can hold exactly, some unknown; never quality, which makes the second."""
    numbers: dict[str, Any] = {}
    for metric in NUMBERS:
        steps = draw(st.one_of(st.none(), st.integers(-1000, min(1000, DIGITAL_MAX))))
        numbers[metric.name] = math.nan if steps is None else round(steps * metric.step, 4)
    numbers["quality"] = draw(st.integers(0, 10_000)) / 10_000
    irregular, paced = draw(st.sampled_from([(False, False), (True, False), (False, True)]))
    row = MetricsRow(
        t_s,
        contact=draw(st.sampled_from(CONTACTS)),
        irregular_rhythm=irregular,
        state=draw(st.sampled_from(STATES)),
        paced_rhythm=paced,
    )
    return replace(row, **numbers)


def same(a: MetricsRow, b: MetricsRow) -> bool:
    return a.t_s == b.t_s and all(_equal(metric.value(a), metric.value(b)) for metric in METRICS)


@pytest.mark.parametrize("code", range(16, 64))
def test_a_contact_bit_of_a_newer_version_is_never_good_contact(code: int) -> None:
    assert contact_of_code(float(code)) == Contact(code % 16) | Contact.SENSOR_GONE


def test_every_field_of_a_row_has_its_metric() -> None:
    told = {metric.name for metric in METRICS} - {"arousal"} | {"t_s"}
    assert {field.name for field in fields(MetricsRow)} == told - {"irregular"} | {"irregular_rhythm", "paced_rhythm"}


@given(metrics_rows())
def test_a_row_comes_back_from_its_values(row: MetricsRow) -> None:
    back = row_of(1.0, {metric.name: metric.value(row) for metric in METRICS})
    assert back is not None
    assert same(back, row)


@pytest.mark.parametrize("lacking", [metric.name for metric in METRICS if metric.name != "quality"])
def test_a_metric_that_a_file_lacks_is_unknown_and_costs_no_other(lacking: str) -> None:
    row = MetricsRow(
        1.0, 1, 2, 3, 4, 5, 6, 7, quality=0.5, contact=Contact.FINGER_OFF, irregular_rhythm=True, state=STATES[1]
    )
    values = {metric.name: metric.value(row) for metric in METRICS if metric.name != lacking}
    back = row_of(1.0, values)
    assert back is not None
    assert {m.name for m in METRICS if not _equal(m.value(back), m.value(row))} <= {lacking} | (
        {"arousal"} if lacking == "state" else set()
    )


def _equal(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def test_a_second_without_quality_is_none() -> None:
    assert row_of(1.0, {"quality": math.nan}) is None


def test_states_and_their_codes_are_one_to_one() -> None:
    assert len(STATE_WORDS) == len(STATE_CODES) == len(set(STATE_WORDS.values()))
    kinds = {kind for kind, _ in STATE_CODES}
    assert kinds == set(StateKind)
    assert set(product([StateKind.NEUTRAL], [True, False])) <= STATE_CODES.keys()


def test_each_metric_is_a_signal_a_column_and_a_column_of_the_export() -> None:
    labels = [signal.label for signal in session_header(session_info()).signals]
    exported = [column.name for column in TABLES["metrics"]]
    for metric in METRICS:
        assert labels.count(metric.label) == 1
        assert exported.count(metric.name) == 1
        assert metric not in NUMBERS or METRICS_COLUMNS.count(metric.name) == 1
    assert len(metrics_cells(MetricsRow(1.0, state=STATES[1]))) == len(METRICS_COLUMNS)


@settings(max_examples=20)
@given(st.lists(metrics_rows(), min_size=1, max_size=3))
def test_a_recorded_row_is_read_back(tmp_path_factory: pytest.TempPathFactory, drawn: list[MetricsRow]) -> None:
    recorder = SessionRecorder(Store(tmp_path_factory.mktemp("store")), session_info(fs_hz=100.0), live=False)
    rows = [_at(second, row) for second, row in enumerate(drawn)]
    for second, row in enumerate(rows):
        recorder.block(SampleBlock(100 * second, 100.0, np.zeros(100)))
        recorder.output(Output(rows=[row]))
    folder = recorder.close(EndReason.COMPLETED)
    back = list(read_session(folder / EDF).rows())
    assert len(back) == len(rows)
    for was, now in zip(rows, back, strict=True):
        assert same(was, now)
    assert EdfFile.open(folder / EDF).header.record_count == len(rows)


def _at(second: int, row: MetricsRow) -> MetricsRow:
    return replace(row, t_s=second + 1.0)
