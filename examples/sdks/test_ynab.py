"""YNAB's Python client."""

from __future__ import annotations

from datetime import date

import ynab

from conftest import Serve


def test_an_account_and_a_transaction_are_created_listed_read_changed_and_deleted(serve: Serve) -> None:
    configuration = ynab.Configuration(access_token="token", host=serve("ynab.yaml") + "/v1")
    with ynab.ApiClient(configuration) as client:
        plan = str(ynab.PlansApi(client).get_plans().data.plans[0].id)
        accounts, transactions = ynab.AccountsApi(client), ynab.TransactionsApi(client)
        sent = ynab.SaveAccount(name="Savings", type=ynab.SaveAccountType.SAVINGS, balance=1000)
        account = accounts.create_account(plan, ynab.PostAccountWrapper(account=sent)).data.account
        assert account.name == "Savings"
        assert account.id in [one.id for one in accounts.get_accounts(plan).data.accounts]
        new = ynab.NewTransaction(account_id=account.id, var_date=date(2026, 1, 5), amount=-4200, memo="Tea")
        posted = transactions.create_transaction(plan, ynab.PostTransactionsWrapper(transaction=new)).data
        made = posted.transaction
        assert (made.memo, made.amount) == ("Tea", -4200)
        assert posted.transaction_ids == [made.id]
        assert transactions.get_transaction_by_id(plan, made.id).data.transaction.memo == "Tea"
        assert made.id in [one.id for one in transactions.get_transactions(plan).data.transactions]
        changed = ynab.ExistingTransaction(memo="Cake")
        wrapper = ynab.PutTransactionWrapper(transaction=changed)
        assert transactions.update_transaction(plan, made.id, wrapper).data.transaction.memo == "Cake"
        assert transactions.delete_transaction(plan, made.id).data.transaction.deleted is True
        assert made.id not in [one.id for one in transactions.get_transactions(plan).data.transactions]
