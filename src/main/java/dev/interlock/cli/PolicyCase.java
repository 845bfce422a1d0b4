package dev.interlock.cli;

import dev.interlock.decision.Evaluation;
import dev.interlock.decision.Evidence;
import dev.interlock.decision.Request;
import java.util.List;

/// One case of a policy: what is asked, what is known, and what has to come of it.
///
/// @param line where it stands in its file
record PolicyCase(String file, int line, String name, Request request, Evidence evidence, Expectation expectation) {
    /// What came of it.
    record Outcome(PolicyCase of, Evaluation evaluation, List<Expectation.Difference> differences) {
        boolean passed() {
            return differences.isEmpty();
        }
    }

    Outcome run() {
        Evaluation evaluation = Offline.evaluate(request, evidence);
        return new Outcome(this, evaluation, expectation.differences(evaluation));
    }
}
