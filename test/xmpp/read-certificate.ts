/** The certificate that a TLS port shows, as PEM. */
import tls from 'node:tls';

export function readCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false }, () => {
      const pem = socket.getPeerX509Certificate()?.toString();
      socket.destroy();
      if (pem) resolve(pem);
      else reject(new Error('no certificate'));
    });
    socket.once('error', reject);
  });
}
