package dev.interlock.decision;

/// What the evaluator makes of a request.
public sealed interface Evaluation {
    /// An update that changes nothing significant: let through without a decision, so that old objects stay
    /// editable (law 9).
    record Unchanged() implements Evaluation {}

    /// It runs nothing, and no policy guards such objects where it is: Interlock has nothing to say of it.
    record NotGoverned() implements Evaluation {}

    record Decided(Decision decision) implements Evaluation {}
}
