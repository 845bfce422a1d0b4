package dev.interlock.benchmark;

import dev.interlock.benchmark.Vegeta.Answer;
import java.util.List;
import java.util.function.Consumer;

/// Requests to one subject in one go.
///
/// @param calibration [Cpu#calibration] just before
/// @param latencies of each request, in nanoseconds, the shortest first
/// @param nanos from the first to the last
/// @param cpu of the webhook in that time, in nanoseconds; 0 where there is none
/// @param apiServer CPU of the API server in that time, in nanoseconds; 0 where it is not asked
record Block(long calibration, List<Long> latencies, long nanos, long cpu, long apiServer) {
    /// The same, where no API server is asked.
    static Block measure(Vegeta vegeta, long webhook, Runnable send, Consumer<List<Answer>> check) {
        return measure(vegeta, webhook, 0, send, check);
    }

    /// @param webhook   the process whose CPU is measured; 0 for none
    /// @param apiServer the process whose CPU is measured beside it; 0 for none
    /// @param send      posts all of it by the program
    /// @param check     throws where the answers are not what they have to be
    static Block measure(Vegeta vegeta, long webhook, long apiServer, Runnable send, Consumer<List<Answer>> check) {
        long calibration = Cpu.calibration();
        long before = cpu(webhook);
        long beforeOfServer = cpu(apiServer);
        send.run();
        long cpu = cpu(webhook) - before;
        long ofServer = cpu(apiServer) - beforeOfServer;
        Vegeta.Answers answers = vegeta.answers();
        check.accept(answers.each());
        return new Block(
                calibration,
                answers.each().stream().map(Answer::nanos).sorted().toList(),
                answers.nanos(),
                cpu,
                ofServer);
    }

    private static long cpu(long process) {
        return process == 0 ? 0 : Cpu.nanos(process);
    }

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

    double apiServerMillisPerRequest() {
        return apiServer / 1e6 / latencies.size();
    }

    double perSecond() {
        return latencies.size() * 1e9 / nanos;
    }
}
