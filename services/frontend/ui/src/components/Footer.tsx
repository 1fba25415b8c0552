import { Link } from "wouter";
import { paths } from "../routing/paths";

export function Footer() {
  return (
    <footer className="footer">
      <div className="container footer__columns">
        <div>
          <p className="footer__name">ShopMicro</p>
          <p>
            A demonstration shop. Stock, carts and orders are real to the machine that runs it;
            nothing is charged and nothing is shipped.
          </p>
        </div>
        <nav aria-label="Footer">
          <ul>
            <li>
              <Link href={paths.home}>Home</Link>
            </li>
            <li>
              <Link href={paths.cart}>Your cart</Link>
            </li>
            <li>
              <Link href={paths.orders}>Your orders</Link>
            </li>
          </ul>
        </nav>
      </div>
    </footer>
  );
}
