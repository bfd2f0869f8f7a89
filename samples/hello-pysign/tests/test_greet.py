import unittest

from hello_pysign import greet


class GreetTest(unittest.TestCase):
    def test_a_name_is_greeted(self):
        self.assertEqual(greet("Zoë"), "Hello, Zoë!")

    def test_a_blank_name_greets_the_world(self):
        self.assertEqual(greet("  "), "Hello, world!")


if __name__ == "__main__":
    unittest.main()
