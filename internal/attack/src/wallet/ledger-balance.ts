/** XRP that an account has in the last validated ledger, as the ledger itself says; 0 where it knows no such account. */
export async function ledgerBalance(url: string, account: string): Promise<number> {
  const socket = new WebSocket(url);
  try {
    const answer = await new Promise<{ result?: { account_data?: { Balance?: string } } }>((resolve, reject) => {
      socket.onopen = () =>
        socket.send(JSON.stringify({ id: 1, command: 'account_info', account, ledger_index: 'validated' }));
      socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
      socket.onerror = () => reject(new Error('the ledger does not answer'));
    });
    return Number(answer.result?.account_data?.Balance ?? '0') / 1_000_000;
  } finally {
    socket.close();
  }
}
