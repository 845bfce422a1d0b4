package dev.interlock.drift;

import java.util.List;
import java.util.Optional;

/// One step of an object's drift events.
public sealed interface Transition {
    /// A new event begins.
    ///
    /// @param continues name of the event that it takes the place of; an event that continues none is an
    ///                  onset
    record Begin(Optional<String> continues) implements Transition {
        public boolean onset() {
            return continues.isEmpty();
        }
    }

    /// The open event ends.
    record Resolve(String name, Resolution how) implements Transition {}

    /// How a drift event ended.
    enum Resolution {
        /// The live content is intended again.
        RESTORED,
        /// What had drifted was approved where it stands.
        APPROVED,
        /// The object differs in another way now: the next event continues this one.
        SUPERSEDED,
        /// The object is no more.
        GONE
    }

    /// What a verdict does to the events of an object, in the order in which to do it.
    ///
    /// @param live digest of the content that the verdict is about
    static List<Transition> after(Optional<Open> open, Verdict verdict, String live) {
        return switch (verdict) {
            case Verdict.InSync _ -> open.map(event -> inSync(event, live)).orElse(List.of());
            case Verdict.Unapproved(var covering) ->
                open.map(event -> unapproved(event, covering, live)).orElse(List.of());
            case Verdict.Drifted drifted -> observed(open, Open.Kind.DRIFTED, drifted.signature());
            case Verdict.Bypassed bypassed -> observed(open, Open.Kind.BYPASSED, bypassed.signature());
            case Verdict.Unknown _ -> List.of();
        };
    }

    /// What happens to the events of an object that is no more.
    static List<Transition> gone(Optional<Open> open) {
        return open.map(event -> resolve(event, Resolution.GONE)).orElse(List.of());
    }

    private static List<Transition> inSync(Open event, String live) {
        return resolve(event, live.equals(event.observed()) ? Resolution.APPROVED : Resolution.RESTORED);
    }

    /// A bypass ends when the content is back that a decision covered before it. Decisions that came later
    /// close nothing: an edit on top of what came in unseen would carry it along.
    private static List<Transition> unapproved(Open event, Intent covering, String live) {
        boolean back = event.kind() == Open.Kind.BYPASSED
                && covering.at().isBefore(event.since())
                && !live.equals(event.observed());
        return back ? resolve(event, Resolution.RESTORED) : List.of();
    }

    private static List<Transition> observed(Optional<Open> open, Open.Kind kind, String signature) {
        if (open.isEmpty()) {
            return List.of(new Begin(Optional.empty()));
        }
        Open event = open.get();
        boolean same = event.kind() == kind && event.signature().equals(signature);
        return same
                ? List.of()
                : List.of(new Resolve(event.name(), Resolution.SUPERSEDED), new Begin(Optional.of(event.name())));
    }

    private static List<Transition> resolve(Open event, Resolution how) {
        return List.of(new Resolve(event.name(), how));
    }
}
