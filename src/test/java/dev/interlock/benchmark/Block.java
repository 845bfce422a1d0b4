package dev.interlock.benchmark;

import java.util.List;

/// Requests to one subject in one go.
///
/// @param calibration [Cpu#calibration] just before
/// @param latencies of each request, in nanoseconds, the shortest first
/// @param nanos from the first to the last
/// @param cpu of the webhook in that time, in nanoseconds; 0 where there is none
record Block(long calibration, List<Long> latencies, long nanos, long cpu) {
    /// @param share 0.99 for the latency that one of a hundred requests exceeds
    double millis(double share) {
        return millis(latencies, share);
    }

    static double millis(List<Long> sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.max(0, rank - 1)) / 1e6;
    }

    double cpuMillisPerRequest() {
        return cpu / 1e6 / latencies.size();
    }

    double perSecond() {
        return latencies.size() * 1e9 / nanos;
    }
}
