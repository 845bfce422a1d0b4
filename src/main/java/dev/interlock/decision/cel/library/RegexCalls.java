package dev.interlock.decision.cel.library;

import dev.cel.bundle.Cel;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.validator.CelAstValidator;

/// Refuses a call of a function whose regular expression is a literal and is none, or a large one.
record RegexCalls() implements CelAstValidator {
    @Override
    public void validate(CelNavigableAst ast, Cel cel, IssuesFactory issues) {
        Patterns.literals(ast).forEach(regex -> {
            try {
                Patterns.compile(Literals.string(regex));
            } catch (Failure e) {
                issues.addError(regex.id(), e.reason());
            }
        });
    }
}
