"""One module a subcommand of `rolig`: add_parser() and run()."""
