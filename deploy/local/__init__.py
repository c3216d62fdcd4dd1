"""The real Kafka, Postgres and SMTP server of demo and tests, on one machine and on loopback only."""
