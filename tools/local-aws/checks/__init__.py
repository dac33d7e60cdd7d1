"""One check for each row of emulator/gaps.json: it holds here, and fails with moto as it is shipped."""
