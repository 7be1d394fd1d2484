const subjects = [
  "Mandate",
  "Creditor",
  "CreditorAccount",
  "DebtorAccount",
  "DirectDebit",
  "CreditTransfer",
  "PaymentScheme",
  "PaymentFile",
  "Beneficiary",
  "HoldingAccount",
  "CollectingAccount",
  "Webhook",
  "Report",
  "Statement",
  "Reconciliation",
  "SecurityProfile",
  "BillingCharges"
]

const actions = [
  "View",
  "List",
  "Add",
  "Edit",
  "Cancel",
  "Approve",
  "Reject",
  "Export",
  "Suspend",
  "Reactivate",
  "History",
  "Upload",
  "Settings"
]

/** Made-up authorities that give a token the length of a real one; they grant nothing. */
export const authorities: ReadonlyArray<string> = subjects.flatMap((subject) =>
  actions.map((action) => `${subject}_${action}`)
)
