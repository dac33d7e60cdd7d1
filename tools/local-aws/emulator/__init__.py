"""moto's server with the gaps closed that keep Terraform from converging: see gaps.json for which and why."""
