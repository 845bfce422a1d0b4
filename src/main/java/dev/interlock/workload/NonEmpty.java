package dev.interlock.workload;

import java.util.List;

/// A list that holds at least one item, so that a denial without a reason cannot be made.
public record NonEmpty<T>(List<T> items) {
    public NonEmpty {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("must hold at least one item");
        }
    }

    public T first() {
        return items.getFirst();
    }
}
