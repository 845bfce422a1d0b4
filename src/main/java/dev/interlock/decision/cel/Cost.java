package dev.interlock.decision.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.values.CelByteString;
import dev.interlock.decision.Budget;
import dev.interlock.workload.Node;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a value costs, in steps of [Budget]: whoever gets it may look at all of it. What an expression makes may hold
/// the same part many times, and is looked at as often: it costs what it would if each were another. What is of the
/// object is as large as it is, and costs what is nearest, where it is there once.
final class Cost {
    private static final int UNITS_PER_STEP = 64;

    /// Of what is no text by itself.
    private static final int ITEM = 8;

    /// More than any expression may cost: nobody counts on.
    private static final long MOST = Budget.STEPS_PER_EXPRESSION * UNITS_PER_STEP;

    /// What a comprehension makes step by step.
    private static final String RESULT = "@result";

    private static final Set<String> ADDING = Set.of("_+_", "cel.@mapInsert");

    private Cost() {}

    /// What a part of an expression has come to.
    static long of(CelExpr part, Object value) {
        return accumulates(part) ? 1 + nearest(value) / UNITS_PER_STEP : of(value);
    }

    static long of(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(Cost::of).orElse(1L);
            case JsonObject _, Json.Items _ -> 1 + nearest(value) * ITEM / UNITS_PER_STEP;
            case String text -> 1 + text.length() / UNITS_PER_STEP;
            case CelByteString bytes -> 1 + bytes.size() / UNITS_PER_STEP;
            case Collection<?> _, Map<?, ?> _ -> 1 + new Made().units(value, MOST) / UNITS_PER_STEP;
            default -> 1;
        };
    }

    /// Whether it is what a comprehension has made so far, whose parts have been charged for one by one.
    private static boolean accumulates(CelExpr part) {
        return switch (part.getKind()) {
            case IDENT -> part.ident().name().equals(RESULT);
            case CALL -> {
                ImmutableList<CelExpr> arguments = part.call().args();
                yield (ADDING.contains(part.call().function()) && accumulates(arguments.getFirst()))
                        || (part.call().function().equals("_?_:_") && accumulates(arguments.getLast()));
            }
            default -> false;
        };
    }

    private static long nearest(Object value) {
        return switch (value) {
            case Collection<?> items -> items.size();
            case Map<?, ?> members -> members.size();
            default -> 0;
        };
    }

    /// One value that an expression has made.
    private static final class Made {
        /// The parts of the object that are in it once. What is in it again costs all that it holds.
        private final Set<Object> once = Collections.newSetFromMap(new IdentityHashMap<>());

        /// @return more than `most` where it is more, and no matter how much
        long units(Object value, long most) {
            return switch (value) {
                case String text -> ITEM + text.length();
                case CelByteString bytes -> ITEM + bytes.size();
                case JsonObject object -> once.add(object.node()) ? nearestUnits(object) : object.units(most);
                case Json.Items items -> once.add(items.nodes()) ? nearestUnits(items) : items.units(most);
                case Map<?, ?> members -> {
                    long sum = ITEM;
                    for (Map.Entry<?, ?> member : members.entrySet()) {
                        sum += units(member.getKey(), most - sum);
                        sum += units(member.getValue(), most - sum);
                        if (sum > most) {
                            break;
                        }
                    }
                    yield sum;
                }
                case Collection<?> items -> {
                    long sum = ITEM;
                    for (Object item : items) {
                        sum += units(item, most - sum);
                        if (sum > most) {
                            break;
                        }
                    }
                    yield sum;
                }
                case Optional<?> optional ->
                    ITEM + optional.map(inside -> units(inside, most)).orElse(0L);
                default -> ITEM;
            };
        }

        private static long nearestUnits(Object value) {
            return ITEM + nearest(value) * ITEM;
        }
    }

    /// Of the object.
    static long units(Node node, long most) {
        return switch (node) {
            case Node.Text(String text) -> ITEM + text.length();
            case Node.Obj object -> {
                long sum = ITEM;
                for (Map.Entry<String, Node> member : object.members().entrySet()) {
                    sum += ITEM + member.getKey().length() + units(member.getValue(), most - sum);
                    if (sum > most) {
                        break;
                    }
                }
                yield sum;
            }
            case Node.Arr array -> {
                long sum = ITEM;
                for (Node item : array.items()) {
                    sum += units(item, most - sum);
                    if (sum > most) {
                        break;
                    }
                }
                yield sum;
            }
            default -> ITEM;
        };
    }
}
