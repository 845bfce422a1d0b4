package dev.interlock.benchmark;

import dev.interlock.testing.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Subjects under the same load in alternating blocks: each round goes through them forth and back, so that a
/// machine that changes its speed changes it for all of them.
final class Comparison {
    private static final int ROUNDS = 3;

    private final List<String> subjects;
    private final String yardstick;
    private final StringBuilder table = new StringBuilder();

    /// @param yardstick the subject that the others are compared with
    Comparison(List<String> subjects, String yardstick) {
        this.subjects = subjects;
        this.yardstick = yardstick;
        table.append("""
                | load | subject | p50 / p90 / p99, ms | p50 over %1$s, ms | p99 over %1$s, ms | API server's CPU, ms a request | webhook's CPU, ms a request | × %1$s | requests/s |
                |---|---|---|---|---|---|---|---|---|
                """.formatted(yardstick));
    }

    /// Adds one load's rows.
    ///
    /// @param block sends one block to a subject, the how manieth it is
    void measure(String load, BiFunction<String, Integer, Block> block) {
        Map<String, List<Block>> blocks = new LinkedHashMap<>();
        int sent = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (String subject : Stream.concat(subjects.stream(), subjects.reversed().stream())
                    .toList()) {
                Block measured = block.apply(subject, sent++);
                Progress.say("%s, %s: %.2f / %.2f / %.2f ms"
                        .formatted(load, subject, measured.millis(0.5), measured.millis(0.9), measured.millis(0.99)));
                blocks.computeIfAbsent(subject, _ -> new ArrayList<>()).add(measured);
            }
        }
        List<Block> least = blocks.getOrDefault(yardstick, List.of());
        blocks.forEach((subject, measured) -> row(load, subject, measured, least));
        Progress.say("%s: %d blocks, calibration %s ms"
                .formatted(
                        load,
                        sent,
                        range(blocks.values().stream()
                                .flatMap(List::stream)
                                .map(one -> one.calibration() / 1e6)
                                .toList())));
        Progress.say("so far:%n%s".formatted(table));
    }

    private void row(String load, String subject, List<Block> blocks, List<Block> least) {
        List<Long> pooled = blocks.stream()
                .flatMap(block -> block.latencies().stream())
                .sorted()
                .toList();
        double cpu = mean(blocks);
        double yardsticks = mean(least);
        List<Double> ofServer =
                blocks.stream().map(Block::apiServerMillisPerRequest).toList();
        table.append("| %s | %s | %.2f / %.2f / %.2f | %s | %s | %s | %s | %s | %.0f |%n"
                .formatted(
                        load,
                        subject,
                        Block.millis(pooled, 0.5),
                        Block.millis(pooled, 0.9),
                        Block.millis(pooled, 0.99),
                        subject.equals(yardstick) ? "" : range(over(blocks, least, 0.5)),
                        subject.equals(yardstick) ? "" : range(over(blocks, least, 0.99)),
                        ofServer.stream().allMatch(none -> none == 0) ? "" : range(ofServer),
                        cpu == 0 ? "" : "%.2f".formatted(cpu),
                        cpu == 0 || yardsticks == 0 || subject.equals(yardstick)
                                ? ""
                                : "%.1f".formatted(cpu / yardsticks),
                        blocks.stream().mapToDouble(Block::perSecond).average().orElseThrow()));
    }

    /// By how much a latency is longer than the yardstick's of the same half of a round.
    private static List<Double> over(List<Block> blocks, List<Block> least, double share) {
        return IntStream.range(0, blocks.size())
                .mapToObj(i -> blocks.get(i).millis(share) - least.get(i).millis(share))
                .toList();
    }

    private static double mean(List<Block> blocks) {
        return blocks.stream().mapToDouble(Block::cpuMillisPerRequest).average().orElseThrow();
    }

    private static String range(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return "%.2f [%.2f..%.2f]"
                .formatted(
                        (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2,
                        sorted.getFirst(),
                        sorted.getLast());
    }

    /// The rows so far, as Markdown.
    String table() {
        return table.toString();
    }
}
