package dev.interlock.api.v1alpha1;

/// Parts of the CEL rules over a policy's `feedback`. Each condition is about one `rule` of it; the message names the
/// check of the first that does not hold it.
final class FeedbackRules {
    static final String EACH = "!has(self.feedback) || self.feedback.all(rule, ";
    static final String END = ")";

    // An element that is taken from the list by its index has the bounds that the schema gives it; one that comes out
    // of a
    // comprehension has none, and the estimated cost would be beyond the API server's budget.
    static final String NAMES = ": ' + self.feedback[self.feedback.transformList(i, rule, !(";
    static final String TIGHTENED = "), i)[0]].tighten.check + '; ";
    static final String WATCHED = "), i)[0]].when.violations.check + '; ";

    private static final String OF_ITS_CHECK = "self.checks.all(check, check.id != rule.tighten.check || ";
    private static final String RAISES = "!has(rule.tighten.mode) || " + OF_ITS_CHECK;
    private static final String SETS = "!has(rule.tighten.set) || " + OF_ITS_CHECK;
    private static final String SETS_STABILITY = SETS + "!has(check.stability) || ";
    private static final String DECLARED_MODE = "(has(check.mode) ? check.mode : self.mode)";

    static final String KNOWS_ITS_CHECK = "self.checks.exists(check, check.id == rule.tighten.check)";
    static final String KNOWS_WHAT_IS_VIOLATED =
            "!has(rule.when.violations) || self.checks.exists(check, check.id == rule.when.violations.check)";
    static final String RAISES_NOT_FROM_AUDIT = RAISES + DECLARED_MODE + " != 'Audit')";
    static final String RAISES_NOT_FROM_ENFORCE = RAISES + DECLARED_MODE + " != 'Enforce')";
    static final String SETS_NOT_IN_AUDIT = SETS + DECLARED_MODE + " != 'Audit')";
    static final String SETS_OF_STABILITY = SETS + "has(check.stability))";
    static final String SETS_WHAT_IS_DECLARED = SETS_STABILITY
            + "(!has(rule.tighten.set.maxOpenDrift) || has(check.stability.maxOpenDrift))"
            + " && (!has(rule.tighten.set.maxDrift) || has(check.stability.maxDrift)))";
    static final String SETS_BELOW_WHAT_IS_DECLARED = SETS_STABILITY
            + "(!has(rule.tighten.set.maxOpenDrift) || !has(check.stability.maxOpenDrift)"
            + " || rule.tighten.set.maxOpenDrift < check.stability.maxOpenDrift)"
            + " && (!has(rule.tighten.set.maxDrift) || !has(check.stability.maxDrift)"
            + " || rule.tighten.set.maxDrift < check.stability.maxDrift.count))";

    private FeedbackRules() {}
}
