"""What can be computed: arithmetic, networks, data; knows no theorem."""
