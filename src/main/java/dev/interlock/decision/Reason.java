package dev.interlock.decision;

import dev.interlock.workload.Owner;
import java.util.Comparator;
import java.util.Optional;

/// One violation or error within a decision, and what it did.
///
/// @param policy         its name; empty where no policy is behind it
/// @param check          its id; empty where no check is behind it
/// @param mode           of the check
/// @param effect         what it did to the decision
/// @param relief         why it only warns, where it would have denied
/// @param tightened      for people: why the check was stricter than declared; empty where that made no difference
/// @param owner          whom to ask; empty where no policy is behind it
/// @param remedy         what the policy's author says to do about it
public record Reason(
        String policy,
        String check,
        Mode mode,
        Effect effect,
        Relief relief,
        Optional<String> tightened,
        Violation violation,
        Optional<Owner> owner,
        Optional<String> remedy) {
    /// The stable order of reasons: by policy, check, path, code.
    static final Comparator<Reason> ORDER = Comparator.comparing(Reason::policy)
            .thenComparing(Reason::check)
            .thenComparing(reason -> reason.violation().path())
            .thenComparing(reason -> reason.violation().code())
            .thenComparing(reason -> reason.violation().message());

    /// Whether something could not be decided, rather than was found.
    public boolean errored() {
        return check.isEmpty() || violation.code().equals("CheckErrored");
    }

    /// A reason that no policy is behind: something needed for deciding was missing or broke.
    static Reason undecided(String code, String message) {
        return new Reason(
                "",
                "",
                Mode.ENFORCE,
                Effect.LEAVES_UNDECIDED,
                Relief.NONE,
                Optional.empty(),
                new Violation(code, "", message),
                Optional.empty(),
                Optional.empty());
    }
}
