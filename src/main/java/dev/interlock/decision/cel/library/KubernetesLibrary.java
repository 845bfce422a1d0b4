package dev.interlock.decision.cel.library;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelListsExtensions;
import dev.cel.parser.CelParserBuilder;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelInternalRuntimeLibrary;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import dev.cel.validator.CelAstValidator;
import dev.cel.validator.validators.DurationLiteralValidator;
import dev.cel.validator.validators.TimestampLiteralValidator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// All functions and macros that the API server of Kubernetes 1.36 adds to CEL for admission policies, except
/// `authorizer` and `jsonpatch`: for the compiler, for the planner runtime, and for the validation in between.
///
/// cel-java's own extensions are taken where they give the same; all others are here. Where a function is in neither,
/// the API server does not have it either: `cel.bind`, `math`, `base64`, and `reverse` on texts.
///
/// Whoever sets it up gives compiler and runtime its [#types()], so that expressions can name `net.IP` and `net.CIDR`.
public final class KubernetesLibrary {
    private KubernetesLibrary() {}

    /// The types that expressions can name.
    public static List<CelType> types() {
        return List.of(Ip.TYPE, Cidr.TYPE);
    }

    /// What a compiler needs to know all functions and macros.
    ///
    /// @param options those of the compiler
    public static List<CelCompilerLibrary> compilerLibraries(CelOptions options) {
        return List.of(
                new Declarations(functions(RuntimeEquality.create(RuntimeHelpers.create(), options))),
                lists(),
                CelExtensions.optional(),
                CelExtensions.comprehensions());
    }

    /// What a planner runtime needs to evaluate what was compiled so.
    ///
    /// @param options those of the runtime
    public static List<CelRuntimeLibrary> runtimeLibraries(CelOptions options) {
        return List.of(new Bindings(), lists(), CelExtensions.optional(), CelExtensions.comprehensions());
    }

    /// CEL's own functions, but those that are here: with a limit, or as Go has them.
    public static CelStandardFunctions standardFunctions() {
        return StandardFunctions.others();
    }

    /// What the API server refuses though its types are right: literals that cannot be what they are used for, and
    /// lists and maps of mixed types.
    public static List<CelAstValidator> validators() {
        return List.of(
                DurationLiteralValidator.INSTANCE,
                TimestampLiteralValidator.INSTANCE,
                new MixedLiterals(),
                new FormatCalls(),
                new RegexCalls());
    }

    /// The functions that are of this library and not cel-java's own.
    public static Set<String> functionNames() {
        return functions(RuntimeEquality.create(RuntimeHelpers.create(), CelOptions.DEFAULT))
                .keySet();
    }

    private static CelListsExtensions lists() {
        return CelExtensions.lists(CelListsExtensions.Function.SLICE, CelListsExtensions.Function.REVERSE);
    }

    /// The overloads by the name of their function: cel-java wants all of one name at once.
    private static Map<String, List<Overload>> functions(RuntimeEquality equality) {
        Map<String, List<Overload>> functions = new LinkedHashMap<>();
        Stream.of(
                        StringFunctions.overloads(),
                        RegexFunctions.overloads(),
                        ListFunctions.overloads(equality),
                        SetFunctions.overloads(equality),
                        UrlFunctions.overloads(),
                        NetworkFunctions.overloads(),
                        QuantityFunctions.overloads(),
                        SemverFunctions.overloads(),
                        FormatFunctions.overloads())
                .flatMap(List::stream)
                .forEach(overload -> functions
                        .computeIfAbsent(overload.function(), _ -> new ArrayList<>())
                        .add(overload));
        return functions;
    }

    private record Declarations(Map<String, List<Overload>> functions) implements CelCompilerLibrary {
        @Override
        public void setParserOptions(CelParserBuilder parser) {
            parser.addMacros(ListFunctions.sortBy());
        }

        @Override
        public void setCheckerOptions(CelCheckerBuilder checker) {
            functions.forEach(
                    (name, overloads) -> checker.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(
                            name, overloads.stream().map(Overload::declaration).toList())));
        }
    }

    private record Bindings() implements CelInternalRuntimeLibrary {
        @Override
        public void setRuntimeOptions(CelRuntimeBuilder runtime) {
            throw new UnsupportedOperationException("needs to know how the runtime compares");
        }

        @Override
        public void setRuntimeOptions(CelRuntimeBuilder runtime, RuntimeEquality equality, CelOptions options) {
            Map<String, List<CelFunctionBinding>> bindings = StandardFunctions.bindings(equality, options);
            functions(equality)
                    .forEach((name, overloads) -> bindings.merge(
                            name,
                            overloads.stream().map(Overload::binding).toList(),
                            (standard, ours) -> Stream.concat(standard.stream(), ours.stream())
                                    .toList()));
            bindings.forEach((name, all) -> runtime.addFunctionBindings(CelFunctionBinding.fromOverloads(name, all)));
        }
    }
}
