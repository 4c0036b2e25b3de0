# Writes expected.txt beside it, from the data files: Rscript expected.R (R 4.2.2, survival 3.5-3). Not needed by the tests.
library(survival)
options(digits = 17)
out <- file("expected.txt", "w")
say <- function(name, ...) cat(name, format(c(...), digits = 17), "\n", file = out)
cat("# Made by expected.R with R ", as.character(getRversion()), ", survival ",
    as.character(packageVersion("survival")), ". NA: undefined.\n", sep = "", file = out)
set <- function(name, columns) read.table(paste0(name, ".txt"), col.names = columns)
gehan <- set("gehan", c("time", "event", "group", "pair"))
aml <- set("aml", c("time", "event", "group"))
ovarian <- set("ovarian", c("time", "event", "group", "age", "residual", "status"))
visits <- set("visits", c("time", "event", "group", "stratum", "x", "y"))
control <- coxph.control(eps = 1e-14, iter.max = 100, toler.chol = 1e-15)

curve <- function(name, data, taus, ps) {
  fit <- survfit(Surv(time, event) ~ 1, data, conf.type = "log-log")
  sum <- unclass(fit)
  se <- sum$std.err * sum$surv
  for (i in seq_along(sum$time))
    say(paste0(name, ".row"), sum$time[i], sum$n.risk[i], sum$n.event[i], sum$n.censor[i], sum$surv[i], se[i],
        sum$lower[i], sum$upper[i])
  for (p in ps) {
    q <- quantile(fit, p)
    say(paste0(name, ".quantile"), p, q$quantile, q$lower, q$upper)
  }
  for (tau in taus) {
    m <- survival:::survmean(fit, rmean = tau)$matrix
    say(paste0(name, ".rmean"), tau, m[["rmean"]], m[["se(rmean)"]])
  }
}
ps <- c(0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)
for (g in 0:1) {
  curve(paste0("gehan", g), gehan[gehan$group == g, ], c(5, 20.5, 23), ps)
  curve(paste0("aml", g), aml[aml$group == g, ], c(5, 31, 44.5), ps)
  curve(paste0("ovarian", g), ovarian[ovarian$group == g, ], c(300, 1000), ps)
}
for (g in 0:2) curve(paste0("visits", g), visits[visits$group == g, ], c(100, 500), ps)

cox <- function(name, formula, data) {
  fit <- coxph(formula, data, ties = "efron", control = control)
  s <- summary(fit)
  say(paste0(name, ".efron"), fit$loglik, s$logtest[["test"]], s$sctest[["test"]], fit$wald.test,
      s$logtest[["pvalue"]], coef(fit), sqrt(diag(vcov(fit))), s$coefficients[, "Pr(>|z|)"],
      s$conf.int[, "lower .95"], s$conf.int[, "upper .95"])
}
cox("gehan", Surv(time, event) ~ group, gehan)
cox("aml", Surv(time, event) ~ group, aml)
cox("ovarian", Surv(time, event) ~ group, ovarian)
close(out)

out <- file("binomial_intervals.txt", "w")
cat("# Clopper and Pearson: count, total, lower, upper end. binom.test of R ", as.character(getRversion()), "\n",
    sep = "", file = out)
for (n in c(1, 3, 10, 45, 115, 207, 1000, 100000)) for (k in unique(round(n * c(0, 0.01, 0.1, 0.35, 0.5, 0.97, 1))))
  say("", k, n, binom.test(k, n)$conf.int)
close(out)
