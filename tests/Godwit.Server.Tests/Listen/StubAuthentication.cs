using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Tests.Listen;

/// <summary>Answers as a test says, at once or when the test lets it.</summary>
internal sealed class StubAuthentication(Func<AuthenticationRequest, AuthenticationResult> answer, Task? until = null) : IAuthentication
{
    private int _cancelled;

    public bool IsOpen => false;

    /// <summary>Questions whose client was not waited for any more.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellation)
    {
        if (until is not null)
        {
            try
            {
                await until.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
                throw;
            }
        }

        return answer(request);
    }
}
