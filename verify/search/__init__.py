"""The adversary: where instances come from and how a false claim is found out."""
