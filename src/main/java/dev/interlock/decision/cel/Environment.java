package dev.interlock.decision.cel;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.validator.CelValidatorFactory;
import dev.interlock.decision.cel.library.KubernetesLibrary;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// CEL as the API server sets it up
/// ([environment](https://github.com/kubernetes/apiserver/blob/master/pkg/cel/environment/base.go)), with the
/// variables of [Declarations].
final class Environment {
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .maxExpressionCodePointSize(8192)
            .maxParseRecursionDepth(100)
            .maxParseExpressionNodeCount(10_000)
            .build();

    private static final Cel BASE =
            builder(SimpleType.DYN).setTypeProvider(Declarations.types()).build();

    private Environment() {}

    /// @param object the type of the objects
    private static CelBuilder builder(CelType object) {
        CelBuilder builder = CelFactory.plannerCelBuilder()
                .setOptions(OPTIONS)
                .setStandardFunctions(KubernetesLibrary.standardFunctions())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addCompilerLibraries(KubernetesLibrary.compilerLibraries(OPTIONS))
                .addRuntimeLibraries(KubernetesLibrary.runtimeLibraries(OPTIONS));
        Declarations.variables(object).forEach(builder::addVar);
        return builder;
    }

    static Cel base() {
        return BASE;
    }

    /// With what a policy composes.
    static Cel composed(StructType variables) {
        return typed(SimpleType.DYN, List.of(), variables);
    }

    /// With objects of a type.
    ///
    /// @param structs what that type is made of
    static Cel typed(CelType object, Collection<StructType> structs, StructType variables) {
        return builder(object)
                .setTypeProvider(Declarations.types(
                        Stream.concat(structs.stream(), Stream.of(variables)).toArray(StructType[]::new)))
                .addVar(Variables.NAME, variables)
                .build();
    }

    /// What is wrong with the literals of an expression whose types are right; empty where nothing is.
    static Optional<CelIssue> problem(Cel cel, CelAbstractSyntaxTree tree) {
        CelValidationResult result = CelValidatorFactory.standardCelValidatorBuilder(cel)
                .addAstValidators(KubernetesLibrary.validators())
                .build()
                .validate(tree);
        return result.getErrors().stream().findFirst();
    }
}
