export function App() {
  return (
    <main className="welcome">
      <h1>Subzero</h1>
      <p>No virtual machines yet.</p>
    </main>
  );
}
