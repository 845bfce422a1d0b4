/// What is counted, for Prometheus. Labels have closed sets: never a namespace, an object's name or a user.
@NullMarked
package dev.interlock.metrics;

import org.jspecify.annotations.NullMarked;
