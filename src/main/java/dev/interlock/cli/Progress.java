package dev.interlock.cli;

import java.time.Duration;
import java.time.Instant;

/// Says now and then how far something is that takes long, to a person who waits for it and to nobody else.
final class Progress {
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Terminal terminal;
    private final String form;
    private final int all;
    private Instant next;
    private int done;

    /// @param form of how many are done and how many there are, for example `checked %d of %d objects`
    Progress(Terminal terminal, String form, int all) {
        this.terminal = terminal;
        this.form = form;
        this.all = all;
        this.next = terminal.clock().instant().plus(BETWEEN);
    }

    /// One more is done.
    void step() {
        done++;
        Instant now = terminal.clock().instant();
        if (terminal.watched() && done < all && !now.isBefore(next)) {
            terminal.progress(form.formatted(done, all));
            next = now.plus(BETWEEN);
        }
    }
}
