"""The interventions process: what an experimenter does to the tissue at given times."""
