from setuptools import setup, find_packages
import re

VERSION = "1.0.0"  # the version


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


setup(
    name="demo",
    version=VERSION,
    long_description=read("README.md"),
    packages=find_packages(where="src"),
    package_dir={"": "src"},
    classifiers=["A :: B"] + [f"Python :: {n}" for n in (3,)],
)
