"""What ./dev/bench measures: our addon and core on the same work."""
