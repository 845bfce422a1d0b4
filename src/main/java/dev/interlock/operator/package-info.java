/// Everything that is not an answer to an admission: conditions of policies, certificates, the gate's caBundle.
@NullMarked
package dev.interlock.operator;

import org.jspecify.annotations.NullMarked;
