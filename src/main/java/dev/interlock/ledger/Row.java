package dev.interlock.ledger;

import dev.interlock.decision.Entry;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Content;
import java.time.Instant;
import java.util.Optional;

/// One row, ready to be written.
///
/// @param id        of the occurrence; for a repeat or an amendment, of the entry that it is about
/// @param at        see [Body#time]
/// @param input     the content decided about, where the row brings one
/// @param about     which object, and what it says of it; empty where it is about none
record Row(
        String id,
        Kind kind,
        String decision,
        String at,
        String namespace,
        Optional<Input> input,
        Optional<About> about,
        String body) {
    enum Kind {
        DECISION("Decision"),
        REPEAT("Repeat"),
        AMENDMENT("Amendment"),
        DRIFT("Drift"),
        DRIFT_END("DriftEnd"),
        GAP("Gap"),
        GAP_END("GapEnd"),
        ROLLBACK("Rollback"),
        SCOPE("Scope"),
        RELEASE("Release"),
        TIGHTENING("Tightening"),
        APPLIED("Applied");

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
                Optional.of(About.of(entry.decision())),
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
                Optional.empty(),
                Body.of(repeat));
    }

    /// A row of the operator's.
    ///
    /// @param decision what rows of one matter share: the drift's name, the gap's id, the policy's uid
    /// @param uid      of the object that it is about; empty where it is about none
    static Row note(Kind kind, String id, String decision, Instant at, String namespace, String uid, Record body) {
        return new Row(
                id,
                kind,
                decision,
                Body.time(at),
                namespace,
                Optional.empty(),
                uid.isEmpty() ? Optional.empty() : Optional.of(new About(uid, Optional.empty(), Optional.empty())),
                Body.of(body));
    }

    static Row amendment(Amendment amendment, String namespace) {
        return new Row(
                amendment.entry(),
                Kind.AMENDMENT,
                amendment.decision(),
                Body.time(amendment.at()),
                namespace,
                Optional.empty(),
                Optional.empty(),
                Body.of(amendment));
    }
}
