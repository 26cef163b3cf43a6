"""One replay from end to end: open, play, write."""

import errno
import math
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from device.assembly import learning, session_info
from device.errors import RecordingError, UsageError, unwritable
from device.recording.format.names import EDF
from device.recording.format.session_info import ClockTrust, SignalInfo
from device.recording.recorder import SessionRecorder
from device.recording.store import Store, StoreBusyError
from device.replay.guide_file import read_guide
from device.replay.opening import open_recording
from device.replay.player import PaceChanges, Played, in_real_time, play
from device.replay.recordings import Recording, SampledSignal
from device.replay.screen import PngScreen, ReplayPicture, TextScreen
from device.replay.session_range import session_range
from device.replay.tables import BEAT_COLUMNS, INTERVAL_COLUMNS, METRICS_COLUMNS, Table, write_output
from device.replay.tally import ReplayProgress, ReplayTally
from device.replay.telling import tell
from device.session.choosing.preferences import Language
from device.session.events import EndReason, PaceChanged
from device.system.files import OsFileSystem, part_of
from device.system.stop_signals import StopRequest
from device.wearer.estimator import Occasion, SessionEstimator
from device.wearer.memory import Memory
from device.wearer.profile_store import load_memory, save_memory
from dsp.metrics import StateEstimatorLike
from dsp.state.rest import RestCollector, RestReading
from dsp.types import StateInputs, WearerState

SETTLE_S = 5.0


@dataclass(frozen=True, slots=True)
class ReplayJob:
    """What the command line asked for; None where it did not."""

    file: Path
    signal: str | None = None
    kind: str | None = None
    unit: str | None = None
    real_time: bool = False
    block_ms: float = 20.0
    guide: Path | None = None
    profile: Path | None = None
    day: date | None = None
    baseline_s: tuple[float, float] | None = None
    out: Path | None = None
    beats: Path | None = None
    intervals: Path | None = None
    metrics: Path | None = None
    display: str = "none"
    language: str = "nb"


def run_replay(job: ReplayJob, stop: StopRequest | None = None) -> Path | None:
    """Plays the recording, writes what was asked for, and says what it comes to; the session's folder, where one was
    made. `stop` tells afterwards whether it was stopped: session and tables then hold what was played.

    Raises UsageError for what cannot be read or written, and StoreBusyError; before it plays, with nothing written."""
    stop = stop or StopRequest()
    _refuse_overwriting(job)
    recording = open_recording(job.file, job.kind, job.signal, job.unit)
    pace = read_guide(job.guide) if job.guide else _recorded_pace(recording)
    rest = None if job.baseline_s is None else _baseline(recording, pace, job.baseline_s)
    with ExitStack() as stack:
        sinks = _Sinks(stack, job, recording, pace)
        memory = _load(job.profile)
        occasion = _occasion(recording, job.day)
        if job.profile is not None and occasion.day is None:
            tell("the recording has no date: without --date the profile learns nothing")
        estimator, learner = learning(memory.profile, lambda: occasion)
        state: StateEstimatorLike = estimator
        if job.baseline_s is None:
            state = _RecordedRest(estimator, _rest_s(recording))
        elif rest is not None:
            estimator.begin(rest)
        stack.enter_context(stop)
        sinks.begin_session()
        tell(*recording.remarks, name=str(job.file))
        tally, progress = ReplayTally(), ReplayProgress(recording.duration_s, shown=job.display != "terminal")
        stack.callback(progress.close)
        played_s = 0.0
        steps: Iterator[Played] = play(recording, pace=pace, state=state, block_ms=job.block_ms)
        if job.real_time:
            steps = in_real_time(steps, stop)
        for step in steps:
            learner.on_output(step.output)
            sinks.add(step)
            tally.add(step.output)
            played_s = step.end_s
            progress.reached(played_s)
            if stop.requested:
                break
        sinks.finish(EndReason.SIGNAL if stop.requested else EndReason.END_OF_FILE)
    if sinks.fault is not None:
        raise UsageError(str(sinks.fault)) from sinks.fault
    learner.learn(recording.duration_s)
    if job.profile is not None:
        _save(job.profile, replace(memory, profile=learner.profile))
    for line in tally.lines(job.file.name, played_s):
        print(line, file=sys.stderr)
    if stop.requested:
        where = f"stopped at {played_s:.0f} s of {recording.duration_s:.0f} s"
        tell(f"{where}; what was written ends there", name=str(job.file))
    return sinks.folder


def _refuse_overwriting(job: ReplayJob) -> None:
    """Each file that is written needs a place of its own, and none may be one that is read, or a session's: a slip must
    not destroy a recording."""
    taken = {_identity(path) for path in (job.file, job.guide) if path is not None}
    if job.profile is not None:
        _refuse_no_file(job.profile)
    for path in (job.profile, job.beats, job.intervals, job.metrics):
        if path is None or path.is_char_device():  # /dev/null takes any number
            continue
        real = Path(os.path.realpath(path))
        written = {_identity(path), _identity(real.with_name(part_of(real.name)))}
        if written & taken:
            raise UsageError(f"{path}: would be overwritten: what is written needs a file of its own")
        if real.with_name(EDF).exists():
            raise UsageError(f"{path}: is in a session's folder, where nothing else is written")
        taken |= written


def _refuse_no_file(profile: Path) -> None:
    """It is replaced at the end, by one that is made beside it."""
    if profile.exists() and not profile.is_file():
        raise UsageError(f"{profile}: the profile is no ordinary file")
    parents = profile.absolute().parents
    nearest = next(folder for folder in parents if folder.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise unwritable(profile, OSError(errno.EACCES, os.strerror(errno.EACCES)))


def _identity(path: Path) -> str | tuple[int, int]:
    """The same for two names of one file, hard links among them."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino


@contextmanager
def _folder(path: Path, of_what: str) -> Iterator[None]:
    """`path`, made where it is missing; after an error what was made for nothing goes again. Raises UsageError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with ExitStack() as on_error:
        for folder in reversed(missing):  # removed from the innermost on
            on_error.callback(_remove_empty, folder)
        try:
            OsFileSystem().make_folder(path)
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise unwritable(path, error, f"no {of_what} can be written there") from error
        yield
        on_error.pop_all()


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


class _Sinks:
    """Where a replay's output goes: tables, the screen, a session."""

    def __init__(self, stack: ExitStack, job: ReplayJob, recording: Recording, pace: PaceChanges) -> None:
        self._tables = (
            stack.enter_context(Table(job.beats, BEAT_COLUMNS)),
            stack.enter_context(Table(job.intervals, INTERVAL_COLUMNS)),
            stack.enter_context(Table(job.metrics, METRICS_COLUMNS)),
        )
        self._picture: ReplayPicture | None = None
        if job.display != "none":
            size = shutil.get_terminal_size()
            if job.display != "terminal":
                stack.enter_context(_folder(Path(job.display), "pictures"))
            screen = TextScreen(sys.stderr, *size) if job.display == "terminal" else PngScreen(Path(job.display))
            self._picture = ReplayPicture(screen, Language(job.language), recording.duration_s, pace)
            stack.callback(self._picture.close)
        self._pace = list(pace)
        self._stack, self._recording, self._job = stack, recording, job
        self._recorder: SessionRecorder | None = None
        self.fault: RecordingError | None = None
        if job.out is not None:
            stack.enter_context(_folder(job.out, "session"))

    @property
    def folder(self) -> Path | None:
        return self._recorder.folder if self._recorder is not None else None

    def begin_session(self) -> None:
        """Where one was asked for; last of all, as it cannot be taken back. Raises UsageError, StoreBusyError."""
        if self._job.out is None:
            return
        try:
            recorder = begin_session(Store(self._job.out), self._recording, str(self._job.file))
        except StoreBusyError:
            raise
        except RecordingError as error:
            raise UsageError(str(error)) from error
        self._recorder = self._stack.enter_context(recorder)

    def add(self, step: Played) -> None:
        write_output(step.output, step.known_s, *self._tables)
        if self._picture is not None:
            self._picture.add(step)
        if self._recorder is None:
            return
        while self._pace and self._pace[0][0] <= step.end_s:
            self._recorder.event(PaceChanged(*self._pace.pop(0), cause="step"))
        if step.block is not None:
            self._recorder.block(step.block)
        self._recorder.output(step.output)

    def finish(self, reason: EndReason) -> None:
        """Close the session, and have the tables on the disk; `fault` is why the session could not be written, which
        costs no table."""
        if self._recorder is not None:
            self._recorder.close(reason)
            self.fault = self._recorder.fault
        for table in self._tables:
            table.sync()


def begin_session(store: Store, recording: Recording, name: str) -> SessionRecorder:
    """A session that the recording called `name` is replayed into; dated as the recording is."""
    signal = None
    if isinstance(recording, SampledSignal):
        low, high, said = session_range(recording, name)
        tell(said, name=name)
        signal = SignalInfo(recording.kind, recording.fs_hz, recording.kind.unit, low, high, _sensor(recording))
    started = recording.started.astimezone() if recording.started else None
    trust = ClockTrust.FILE if started else ClockTrust.UNKNOWN
    return SessionRecorder(store, session_info(signal, "replay", started, trust), live=False)


def _load(path: Path | None) -> Memory:
    if path is None:
        return Memory()
    try:
        memory, warning = load_memory(path)
    except OSError as error:
        raise UsageError(f"{path}: the profile cannot be read: {error.strerror}") from error
    if warning:
        tell(warning)
    return memory


def _save(path: Path, memory: Memory) -> None:
    try:
        save_memory(path, memory)
    except OSError as error:
        raise unwritable(path, error, "the profile cannot be written") from error


def _occasion(recording: Recording, day: date | None) -> Occasion:
    """The recording's own date and hour, where it has one; `day` goes before it."""
    started: datetime | None = recording.started
    known = day or (started.date() if started else None)
    clock_h = started.hour + started.minute / 60.0 if started else math.nan
    return Occasion(_sensor(recording), known.toordinal() if known else None, clock_h)


def _recorded_pace(recording: Recording) -> PaceChanges:
    return list(recording.pace) if isinstance(recording, SampledSignal) else []


def _rest_s(recording: Recording) -> float:
    """Where the device began to read the rest; 0 where the recording does not say."""
    known = recording.rest_s if isinstance(recording, SampledSignal) else None
    return 0.0 if known is None else known


def _sensor(recording: Recording) -> str:
    """The key by which the profile compares sessions: our own ones by their front end, others by their kind."""
    return recording.sensor or recording.kind if isinstance(recording, SampledSignal) else "beats"


class _RecordedRest:
    """Begins the estimator's session with the first second after `rest_s`, as the device does with the rest phase."""

    def __init__(self, estimator: SessionEstimator, rest_s: float) -> None:
        self._estimator = estimator
        self._rest_s = rest_s
        self._begun = False

    def update(self, inputs: StateInputs) -> WearerState | None:
        if not self._begun and inputs.t_s > self._rest_s:
            self._begun = True
            self._estimator.begin()
        return self._estimator.update(inputs)


class _RestReader:
    """Stands in for the state while the baseline is read; judges nothing."""

    def __init__(self, start_s: float, end_s: float) -> None:
        self.collector = RestCollector(start_s, end_s)

    def update(self, inputs: StateInputs) -> None:
        self.collector.add(inputs)


def _baseline(recording: Recording, pace: PaceChanges, span_s: tuple[float, float]) -> RestReading | None:
    """The rest reading between two times of the recording; None, and a line to the user, where it cannot be read."""
    start_s, end_s = span_s
    if start_s >= recording.duration_s:
        raise UsageError(f"--baseline {start_s:g}:{end_s:g}: the recording ends at {recording.duration_s:.1f} s")
    reader = _RestReader(start_s, end_s)
    for _ in play(recording, pace=pace, state=reader, block_ms=1000.0, until_s=end_s + SETTLE_S):
        pass
    reading = reader.collector.reading
    if reading is None:
        told = f"--baseline {start_s:g}:{end_s:g}: fewer than 20 s of readable heartbeats there; no state can be told"
        tell(told)
    return reading
