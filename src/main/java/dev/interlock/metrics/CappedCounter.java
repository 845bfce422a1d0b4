package dev.interlock.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Counters of one metric by labels that others choose, so many combinations of them at most: what comes after these
/// is counted together as `overflow`.
final class CappedCounter {
    private final MeterRegistry registry;
    private final Metric metric;
    private final int most;
    private final Set<List<String>> known = ConcurrentHashMap.newKeySet();
    private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

    CappedCounter(MeterRegistry registry, Metric metric, int most) {
        this.registry = registry;
        this.metric = metric;
        this.most = most;
    }

    /// @param chosen values of the first labels of the metric, which others choose
    /// @param fixed  those of the others, of which there are only a few
    void increment(List<String> chosen, String... fixed) {
        List<String> labels = new ArrayList<>(capped(chosen));
        Collections.addAll(labels, fixed);
        counters.computeIfAbsent(labels, this::register).increment();
    }

    private List<String> capped(List<String> chosen) {
        if (known.contains(chosen)) {
            return chosen;
        }
        synchronized (known) {
            if (known.size() < most) {
                known.add(chosen);
            }
        }
        return known.contains(chosen) ? chosen : Collections.nCopies(chosen.size(), Meters.OVERFLOW);
    }

    private Counter register(List<String> values) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            tags.add(Tag.of(metric.labels().get(i), values.get(i)));
        }
        return Counter.builder(metric.meter())
                .description(metric.help())
                .tags(tags)
                .register(registry);
    }
}
