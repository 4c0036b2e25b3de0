# Reads the results of a trial into R, as its tables and in the shapes of ADaM, and compares arms by the package survival.
#
#     evotor compare scenarios/06-everolimus-sunitinib.toml --patients 40 --surrogate
#     evotor tables results/everolimus-sunitinib --format adam
#     Rscript docs/examples/trial.R results/everolimus-sunitinib

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: Rscript trial.R FOLDER, of a trial whose ADaM-shaped tables are there")
folder <- arguments[1]
table <- function(...) read.csv(file.path(folder, ...), check.names = FALSE, comment.char = "#")

adsl <- table("adam", "adsl.csv")
adtte <- table("adam", "adtte.csv")
adrs <- table("adam", "adrs.csv")
adae <- table("adam", "adae.csv")
adex <- table("adam", "adex.csv")
stopifnot(!anyDuplicated(adsl$USUBJID))
for (other in list(adtte, adrs, adae, adex)) stopifnot(all(other$USUBJID %in% adsl$USUBJID))
cat("subjects", nrow(adsl), "in", length(unique(adsl$TRT01P)), "arms\n")

os <- merge(adtte[adtte$PARAMCD == "OS", ], adsl[, c("USUBJID", "AGE", "SEX")], by = "USUBJID")
cat("deaths", sum(os$CNSR == 0), "of", nrow(os), "\n")
cat("best responses:", paste(names(base::table(adrs$AVALC[adrs$PARAMCD == "BOR"])), collapse = " "), "\n")
cat("dose intensity:", round(mean(adex$AVAL[adex$PARAMCD == "RDI"]), 2), "\n")

if (requireNamespace("survival", quietly = TRUE)) {
  library(survival)
  tfs <- adtte[adtte$PARAMCD == "TFS", ]
  # The curves are those of the trial's own table, to the digits that it has.
  fitted <- summary(survfit(Surv(AVAL, CNSR == 0) ~ TRTP, data = tfs))
  own <- table("survival.csv")
  own <- own[own$endpoint == "tfs" & own$events > 0, ]
  for (arm in unique(tfs$TRTP)) {
    by_r <- fitted$surv[fitted$strata == paste0("TRTP=", arm)]
    stopifnot(all.equal(by_r, own$survival[own$arm == arm], tolerance = 1e-5))
  }
  cat("survival agrees\n")
  # The same patient in every arm: clusters for the standard error.
  if (length(unique(tfs$TRTP)) > 1 && all(base::table(tfs$TRTP[tfs$CNSR == 0]) > 0))
    print(coxph(Surv(AVAL, CNSR == 0) ~ TRTP, cluster = PAIRID, data = tfs))
}
