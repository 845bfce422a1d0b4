package dev.interlock.workload;

import java.util.LinkedHashMap;
import java.util.Map;

/// The newest so many of what was put in. Not for several threads.
public final class Newest<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    /// @param most how many are kept
    public Newest(int most) {
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
