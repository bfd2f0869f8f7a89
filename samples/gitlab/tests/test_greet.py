from hellolab import greet


def test_greets():
    assert greet("Zoë") == "Hello, Zoë!"
