"""AWS IAM, as far as it decides about requests.

moto checks nobody until it is told after how many requests it shall: by POST /_local-aws/enforce at once (admin.py), or
by POST /moto-api/reset-auth (its body: "0" for at once). From then on the credentials that sts:AssumeRole gives are held
against the policies of their role.
"""
