package dev.interlock.decision.cel.library;

import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.validator.CelAstValidator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Refuses literals of lists and maps whose items are not all of one type, except within what is formatted.
///
/// cel-java has such a validator too, but it takes anything after an item of unknown type.
record MixedLiterals() implements CelAstValidator {
    @Override
    public void validate(CelNavigableAst ast, Cel cel, IssuesFactory issues) {
        ast.getRoot()
                .allNodes()
                .filter(node -> !isFormatted(node))
                .map(CelNavigableExpr::expr)
                .forEach(expr -> {
                    switch (expr.getKind()) {
                        case LIST -> validate(ast, issues, expr.list());
                        case MAP -> validate(ast, issues, expr.map());
                        default -> {
                            // Nothing else holds items.
                        }
                    }
                });
    }

    private static boolean isFormatted(CelNavigableExpr node) {
        Optional<CelNavigableExpr> parent = node.parent();
        while (parent.isPresent()) {
            if (parent.get().expr().callOrDefault().function().equals("format")) {
                return true;
            }
            parent = parent.get().parent();
        }
        return false;
    }

    private static void validate(CelNavigableAst ast, IssuesFactory issues, CelExpr.CelList list) {
        Set<CelType> types = new HashSet<>();
        List<CelExpr> elements = list.elements();
        for (int i = 0; i < elements.size(); i++) {
            refuseSecond(
                    types, type(ast, elements.get(i), list.optionalIndices().contains(i)), issues, elements.get(i));
        }
    }

    private static void validate(CelNavigableAst ast, IssuesFactory issues, CelExpr.CelMap map) {
        Set<CelType> keys = new HashSet<>();
        Set<CelType> values = new HashSet<>();
        for (CelExpr.CelMap.Entry entry : map.entries()) {
            refuseSecond(keys, type(ast, entry.key(), false), issues, entry.key());
            refuseSecond(values, type(ast, entry.value(), entry.optionalEntry()), issues, entry.value());
        }
    }

    private static CelType type(CelNavigableAst ast, CelExpr expr, boolean optional) {
        CelType type = ast.getAst().getType(expr.id()).orElse(SimpleType.DYN);
        return optional && !type.parameters().isEmpty() ? type.parameters().getFirst() : type;
    }

    private static void refuseSecond(Set<CelType> types, CelType type, IssuesFactory issues, CelExpr item) {
        if (types.add(type) && types.size() == 2) {
            issues.addError(item.id(), "a literal of items of different types");
        }
    }
}
