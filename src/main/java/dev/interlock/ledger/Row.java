package dev.interlock.ledger;

import dev.interlock.decision.Entry;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Content;
import java.util.Optional;

/// One row, ready to be written.
///
/// @param id        of the occurrence; for a repeat or an amendment, of the entry that it is about
/// @param at        see [Body#time]
/// @param input     the content decided about, where the row brings one
record Row(String id, Kind kind, String decision, String at, String namespace, Optional<Input> input, String body) {
    enum Kind {
        DECISION("Decision"),
        REPEAT("Repeat"),
        AMENDMENT("Amendment");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    record Input(String digest, String body) {
        private static Input of(Content content) {
            return new Input(content.digest(), Canonical.text(content.value()));
        }
    }

    static Row decision(Entry entry, String origin) {
        DecisionEntry wire = DecisionEntry.of(entry, origin);
        return new Row(
                wire.id(),
                Kind.DECISION,
                wire.decision(),
                Body.time(wire.at()),
                wire.subject().namespace(),
                Optional.of(Input.of(entry.decision().basis().content())),
                Body.of(wire));
    }

    static Row repeat(Repeat repeat, String namespace) {
        return new Row(
                repeat.first(),
                Kind.REPEAT,
                repeat.decision(),
                Body.time(repeat.lastAt()),
                namespace,
                Optional.empty(),
                Body.of(repeat));
    }

    static Row amendment(Amendment amendment, String namespace) {
        return new Row(
                amendment.entry(),
                Kind.AMENDMENT,
                amendment.decision(),
                Body.time(amendment.at()),
                namespace,
                Optional.empty(),
                Body.of(amendment));
    }
}
