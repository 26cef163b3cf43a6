"""The checks of each boot, in their order. Each raises AssertionError, or returns a word about what it saw."""

import card
import install
import power
import service
import updating

import bench

FIRST_BOOT = [
    install.package_installs,
    service.service_is_ready_without_any_hardware,
    service.units_are_clean,
    service.only_the_service_reads_the_sessions,
    service.nothing_listens_on_a_network,
    service.sampler_runs_in_real_time,
    service.killed_it_comes_back,
    service.a_dead_sampler_is_replaced,
    service.a_full_card_stops_nothing,
    service.watchdog_bites_a_stalled_process,
    service.only_faults_are_in_the_journal,
    install.setup_switches_the_buses_on,
    install.a_session_in_the_store,
    install.upgrade_keeps_sessions_and_configuration,
    install.removal_keeps_the_sessions,
    bench.bench_is_set_up,
    bench.the_self_test_names_the_chips,
    bench.a_display_that_fails_stops_nothing,
    bench.watchdog_bites_when_samples_stop,
    bench.the_gadget_comes_with_the_controller,
    bench.plugged_in_it_does_not_record,
    bench.logs_are_pulled_after_a_press,
    bench.a_stock_client_reads_the_same,
    bench.unplugged_it_records,
    bench.records_until_the_power_goes,
]
SECOND_BOOT = [
    power.it_started_by_itself,
    power.the_cut_session_is_closed,
    power.a_stop_closes_the_session,
    power.the_button_switches_off,
]
CARD_BOOT = [
    card.the_system_is_read_only,
    card.the_sessions_have_the_rest_of_the_card,
    card.nothing_failed_and_nobody_can_log_in,
    card.there_are_no_radios,
    service.service_is_ready_without_any_hardware,
    service.only_the_service_reads_the_sessions,
    service.nothing_listens_on_a_network,
    service.sampler_runs_in_real_time,
    service.a_dead_sampler_is_replaced,
    service.only_faults_are_in_the_journal,
    card.the_configuration_is_where_a_computer_can_change_it,
    install.a_session_in_the_store,
    bench.bench_is_set_up,
    bench.the_gadget_comes_with_the_controller,
    bench.plugged_in_it_does_not_record,
    bench.logs_are_pulled_after_a_press,
    bench.unplugged_it_records,
    bench.records_until_the_power_goes,
]
CARD_AFTER_THE_CUT = [
    card.the_system_is_read_only,
    card.nothing_failed_and_nobody_can_log_in,
    power.the_cut_session_is_closed,
    card.the_configuration_is_where_a_computer_can_change_it,
    bench.bench_is_set_up,
    bench.the_gadget_comes_with_the_controller,
    updating.without_a_key_updates_are_refused,
    updating.a_bad_signature_and_an_older_version_are_refused,
    updating.an_update_is_installed_after_a_press,
    updating.one_that_does_not_come_up_is_left,
    updating.a_page_about_the_device_comes_after_a_press,
    updating.an_update_is_under_way_when_the_power_goes,
]
CARD_AFTER_THE_UPDATE = [
    card.the_system_is_read_only,
    updating.after_the_cut_the_version_before_runs,
]
BOOTS = {
    "first": FIRST_BOOT,
    "second": SECOND_BOOT,
    "card": CARD_BOOT,
    "after-the-cut": CARD_AFTER_THE_CUT,
    "after-the-update": CARD_AFTER_THE_UPDATE,
}
