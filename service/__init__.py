"""The service desk: requests, the clock that runs on them, and the proof that promises were kept."""
