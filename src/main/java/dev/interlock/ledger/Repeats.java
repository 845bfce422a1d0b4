package dev.interlock.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Denials that came again while their window was open: counted, not written. A client that retries costs one row and a
/// number. Belongs to the writer's thread. What changed since [#keep] was last called can be undone, because a commit
/// can fail.
final class Repeats {
    private static final Duration SWEPT_FOR = Duration.ofSeconds(1);

    private final Duration width;
    private final int limit;
    private final Map<String, Window> open = new HashMap<>();
    private final Map<String, Optional<Window>> before = new HashMap<>();

    private Instant swept = Instant.EPOCH;

    Repeats(Duration width, int limit) {
        this.width = width;
        this.limit = limit;
    }

    /// @param first  the entry that is durable
    /// @param count  how many came after it
    /// @param lastAt when the last of them came; of the first while there is none
    record Window(String first, String decision, String namespace, Instant end, long count, Instant lastAt) {
        private Window counting(Instant at) {
            return new Window(first, decision, namespace, end, count + 1, at.isAfter(lastAt) ? at : lastAt);
        }

        Row row() {
            return Row.repeat(new Repeat(DecisionEntry.SCHEMA, first, decision, count, lastAt), namespace);
        }
    }

    /// The entry that already stands for this denial, if there is one: it is counted there then.
    Optional<String> count(Ticket denial) {
        Window window = open.get(denial.row().decision());
        if (window == null || !denial.at().isBefore(window.end())) {
            return Optional.empty();
        }
        if (!window.first().equals(denial.row().id())) {
            set(window.counting(denial.at()));
        }
        return Optional.of(window.first());
    }

    /// From now on, denials like this one are counted. Where too many windows are open it opens none, and they are
    /// written.
    void open(Ticket denial) {
        if (open.size() < limit) {
            Row row = denial.row();
            set(new Window(
                    row.id(), row.decision(), row.namespace(), denial.at().plus(width), 0, denial.at()));
        }
    }

    /// Closes the windows that end by `now`: those of them that counted anything. Looks once a second at most.
    List<Window> close(Instant now) {
        if (!now.isBefore(swept) && now.isBefore(swept.plus(SWEPT_FOR))) {
            return List.of();
        }
        swept = now;
        List<Window> ended = open.values().stream()
                .filter(window -> !window.end().isAfter(now))
                .toList();
        ended.forEach(this::remove);
        return counted(ended);
    }

    /// Closes the window that this denial comes too late for.
    List<Window> close(Ticket denial) {
        Window window = open.get(denial.row().decision());
        if (window == null) {
            return List.of();
        }
        remove(window);
        return counted(List.of(window));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    void keep() {
        before.clear();
    }

    void undo() {
        before.forEach((decision, window) ->
                window.ifPresentOrElse(was -> open.put(decision, was), () -> open.remove(decision)));
        before.clear();
    }

    private static List<Window> counted(List<Window> windows) {
        return windows.stream().filter(window -> window.count() > 0).toList();
    }

    private void set(Window window) {
        before.putIfAbsent(window.decision(), Optional.ofNullable(open.put(window.decision(), window)));
    }

    private void remove(Window window) {
        before.putIfAbsent(window.decision(), Optional.of(window));
        open.remove(window.decision());
    }
}
