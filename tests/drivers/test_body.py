"""The simulated wearer against what it claims to be true."""

import math
from dataclasses import replace

import numpy as np
import pytest

from drivers.sim.person.body import Body
from drivers.sim.person.wearer import Disturbances, WearerProfile, random_body

QUIET = Disturbances(noise_mv=0.0, hum_mv=0.0, wander_mv=0.0, pulse_noise=0.0)
STILL = WearerProfile(mayer_ms=0.0, jitter_ms=0.0, drift_ms=0.0, breath_variation=0.0, calming=0.0, compliance=1.0)


def rr_ms(body: Body, start_s: float, end_s: float) -> np.ndarray:
    beats = body.true_beats_s
    return 1000.0 * np.diff(beats[(beats >= start_s) & (beats < end_s)])


def rmssd_ms(rr: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.diff(rr) ** 2)))


def paced(profile: WearerProfile, breaths_per_min: float, seconds: float = 180.0, seed: int = 1) -> np.ndarray:
    body = Body(seed, profile)
    body.follow(breaths_per_min)
    body.advance_to(90.0 + seconds)
    return rr_ms(body, 90.0, 90.0 + seconds)


def test_the_r_wave_peaks_where_the_true_beat_is() -> None:
    body = Body(3, disturbances=QUIET)
    grid_s = np.arange(0.0, 60.0, 0.001)
    ecg = body.ecg_mv(grid_s)
    beats = body.true_beats_s
    assert 50 < len(beats) < 110
    for beat_s in beats[1:-1]:
        near = np.abs(grid_s - beat_s) < 0.05
        peak_s = grid_s[near][np.argmax(ecg[near])]
        assert abs(peak_s - beat_s) < 0.0011


def test_every_beat_has_p_q_s_and_t_waves() -> None:
    body = Body(3, STILL, QUIET)
    body.advance_to(30.0)
    beat_s = body.true_beats_s[10]
    p, q, s, t = (float(body.ecg_mv(beat_s + dt_s)) for dt_s in (-0.155, -0.026, 0.027, 0.25))
    assert p > 0.08
    assert q < 0.0
    assert s < -0.1
    assert t > 0.2


def test_the_pulse_rises_most_steeply_at_the_true_pulse_times() -> None:
    body = Body(3, disturbances=QUIET)
    grid_s = np.arange(0.0, 60.0, 0.001)
    slope = np.diff(body.ppg(grid_s))
    assert len(body.true_pulses_s) == len(body.true_beats_s)
    for pulse_s in body.true_pulses_s[2:-2]:
        near = np.abs(grid_s[:-1] - pulse_s) < 0.1
        assert abs(grid_s[:-1][near][np.argmax(slope[near])] - pulse_s) < 0.003


def test_each_pulse_has_a_dicrotic_notch() -> None:
    body = Body(3, replace(STILL, rsa_ms=0.0), QUIET)
    body.advance_to(30.0)
    foot_s = body.true_pulses_s[10] - 0.11
    wave = body.ppg(foot_s + np.arange(0.0, 0.7, 0.005))
    turning = wave[1:-1][np.diff(np.sign(np.diff(wave))) != 0]
    systole, notch, dicrotic = turning[int(np.argmax(turning)) :][:3]
    assert systole > dicrotic > notch


def test_the_same_seed_is_the_same_body_however_it_is_read() -> None:
    grid_s = np.arange(0.0, 20.0, 0.002)
    whole = Body(11)
    ecg, ppg = whole.ecg_mv(grid_s), whole.ppg(grid_s)
    piecewise = Body(11)
    pieces = np.array([piecewise.ecg_mv_at(t_s) for t_s in grid_s.tolist()])
    assert np.array_equal(ecg, pieces)
    assert np.array_equal(piecewise.ppg(grid_s), ppg)
    assert np.array_equal(piecewise.ecg_mv(grid_s[::-1])[::-1], ecg)
    assert not np.array_equal(Body(12).ecg_mv(grid_s), ecg)


def test_beats_do_not_depend_on_how_far_ahead_they_were_asked_for() -> None:
    at_once, by_steps = Body(5), Body(5)
    at_once.advance_to(120.0)
    for t_s in np.arange(0.0, 120.5, 0.5):
        by_steps.advance_to(float(t_s))
    assert np.array_equal(at_once.true_beats_s, by_steps.true_beats_s)


def test_beats_still_to_come_are_not_told() -> None:
    body = Body(5)
    body.ecg_mv(np.arange(0.0, 10.0, 0.01))
    assert body.true_beats_s.max() < 10.0


@pytest.mark.parametrize("resonance_hz", [0.075, 0.09, 0.105])
def test_rsa_peaks_at_the_body_s_own_resonance(resonance_hz: float) -> None:
    profile = replace(STILL, resonance_hz=resonance_hz, resonance_q=2.0)
    paces = np.arange(3.5, 8.01, 0.5)
    sizes = [float(np.std(paced(profile, pace))) for pace in paces]
    assert paces[int(np.argmax(sizes))] == pytest.approx(60.0 * resonance_hz, abs=0.3)


@pytest.mark.parametrize("pace", [4.5, 5.5, 7.0, 10.0, 15.0])
def test_rsa_has_the_size_that_the_profile_claims(pace: float) -> None:
    profile = replace(STILL, rsa_ms=100.0)
    claimed = 100.0 * profile.response(pace)
    measured = math.sqrt(8.0) * float(np.std(paced(profile, pace)))
    assert measured == pytest.approx(claimed, rel=0.12)


def test_the_guide_is_followed_at_its_rate_and_in_its_phase() -> None:
    body = Body(2)
    steps_s = np.arange(0.0, 240.0, 0.1)
    volume = []
    for t_s in steps_s:
        body.follow(6.0, 0.4, (t_s / 10.0) % 1.0)
        body.advance_to(float(t_s))
        volume.append(body.lung_volume)
    late = np.array(volume[1200:])
    guide = np.array([-math.cos(math.pi * p / 0.4) if p < 0.4 else math.cos(math.pi * (p - 0.4) / 0.6)
                      for p in (steps_s[1200:] / 10.0) % 1.0])  # fmt: skip
    assert np.corrcoef(late, guide)[0, 1] > 0.95
    assert np.abs(np.diff(volume[10:])).max() < 0.25  # comes into step without a jump


def test_a_wearer_who_does_not_comply_breathes_on_freely() -> None:
    body = Body(2, replace(STILL, compliance=0.0))
    body.follow(6.0)
    body.advance_to(120.0)
    assert 60.0 * body._physiology.breath.rate_hz == pytest.approx(14.0)


def test_stress_raises_the_heart_rate_and_takes_the_variability() -> None:
    calm, tense = Body(4, tone=0.0), Body(4, tone=1.0)
    for body in (calm, tense):
        body.advance_to(300.0)
    assert np.mean(rr_ms(calm, 0, 300)) > 1.2 * np.mean(rr_ms(tense, 0, 300))
    assert rmssd_ms(rr_ms(calm, 0, 300)) > 2.0 * rmssd_ms(rr_ms(tense, 0, 300))


def test_tone_moves_slowly_to_where_it_is_set() -> None:
    body = Body(4, replace(STILL, calming=0.0), tone=0.2)
    body.set_tone(0.9)
    body.advance_to(5.0)
    assert body.tone < 0.35
    body.advance_to(240.0)
    assert body.tone == pytest.approx(0.9, abs=0.02)


def test_breathing_at_the_resonance_calms_and_quick_breathing_does_not() -> None:
    slow, quick = Body(4, tone=0.7), Body(4, tone=0.7)
    slow.follow(slow.profile.resonance_breaths_per_min)
    quick.follow(14.0)
    for body in (slow, quick):
        body.advance_to(400.0)
    assert slow.tone < 0.5
    assert quick.tone == pytest.approx(0.7, abs=0.01)


def test_constant_tone_stays_constant_at_any_pace_without_calming() -> None:
    body = Body(4, replace(WearerProfile(), calming=0.0), tone=0.6)
    body.follow(5.5)
    body.advance_to(300.0)
    assert body.tone == pytest.approx(0.6)


def test_ectopic_beats_come_early_pause_after_and_are_marked() -> None:
    body = Body(6, replace(STILL, ectopics_per_min=4.0, rsa_ms=0.0))
    body.advance_to(600.0)
    beats = body.true_beats
    ectopic = [i for i, beat in enumerate(beats) if beat.ectopic and 0 < i < len(beats) - 1]
    assert 20 < len(ectopic) < 60
    usual_s = float(np.median([beat.rr_s for beat in beats]))
    for i in ectopic:
        assert beats[i].rr_s < 0.7 * usual_s
        assert beats[i + 1].rr_s > 1.25 * usual_s


def test_electrodes_off_by_schedule() -> None:
    body = Body(6, disturbances=Disturbances(leads_off=((2.0, 3.0, "both"), (4.0, 5.0, "finger"))))
    assert body.loose(1.0) == frozenset()
    assert body.loose(2.5) == {"positive", "negative"}
    assert body.loose(4.5) == {"finger"}
    assert body.ecg_mv(np.linspace(2.0, 2.99, 50)).min() > 1.5
    assert np.isnan(body.ppg(np.linspace(4.0, 4.99, 50))).all()
    assert np.isfinite(body.ppg(np.linspace(2.0, 2.99, 50))).all()


def test_the_amplifier_comes_back_from_the_rail_when_contact_returns() -> None:
    loose = Body(6, disturbances=replace(QUIET, leads_off=((2.0, 3.0, "both"),)))
    worn = Body(6, disturbances=QUIET)
    after_s = np.array([3.001, 3.4, 5.5])
    offset = loose.ecg_mv(after_s) - worn.ecg_mv(after_s)
    assert offset[0] > 2.0
    assert 0.5 < offset[1] < 1.5
    assert abs(offset[2]) < 0.01


def test_motion_comes_in_bursts_and_spoils_both_signals() -> None:
    grid_s = np.arange(0.0, 120.0, 0.01)
    still = Body(8, disturbances=QUIET)
    moving = Body(8, disturbances=replace(QUIET, motion_per_min=3.0))
    ecg = np.abs(moving.ecg_mv(grid_s) - still.ecg_mv(grid_s))
    ppg = np.abs(moving.ppg(grid_s) - still.ppg(grid_s))
    share = float(np.mean(ecg > 0.05))
    assert 0.01 < share < 0.4
    assert float(np.mean((ecg > 0.01) == (ppg > 0.025))) > 0.99


def test_hum_is_where_it_is_said_to_be() -> None:
    body = Body(8, disturbances=replace(QUIET, hum_mv=0.5, hum_hz=60.0))
    ecg = body.ecg_mv(np.arange(0.0, 20.0, 0.002))
    spectrum = np.abs(np.fft.rfft(ecg * np.hanning(len(ecg))))
    spectrum[: 20 * 45] = 0.0
    assert np.argmax(spectrum) / 20.0 == pytest.approx(60.0, abs=0.1)


def test_random_bodies_differ_and_are_alive() -> None:
    rng = np.random.default_rng(0)
    profiles = [random_body(rng) for _ in range(20)]
    assert len(set(profiles)) == 20
    for seed, profile in enumerate(profiles):
        assert 4.5 <= profile.resonance_breaths_per_min <= 6.6
        body = Body(seed, profile)
        body.advance_to(120.0)
        rr = rr_ms(body, 0.0, 120.0)
        assert 450.0 < rr.min() < rr.max() < 1900.0
        assert 3.0 < rmssd_ms(rr) < 150.0
    assert random_body(np.random.default_rng(1)) == random_body(np.random.default_rng(1))
