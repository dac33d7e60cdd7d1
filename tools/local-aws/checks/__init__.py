"""One check for each row of emulator/gaps.json: holds with the gap closed, and fails with moto as it is shipped."""
