package dev.interlock.metrics;

/// Metrics that are shown until they are closed.
public interface Shown extends AutoCloseable {
    @Override
    void close();
}
